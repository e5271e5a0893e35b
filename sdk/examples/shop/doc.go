// Package shop sells things from a shelf.
//
//	Order:      Charge ── Pick ── Shipment ── done
//	                       │         └ a child: Deliver
//	                       └ nothing left on the shelf: tried again, at growing intervals, until somebody restocks
//	Restock:    Put
//	Stocktake:  Count, every now and then; as a new run before the history grows long
//
// An order that waits for the shelf needs no table of waiting orders and nobody who looks through it: its activity fails, the server tries it again, and the console says
// why. Starting a Restock is all that it takes.
//
// While it runs, an order answers the query "state", notes what comes by the signal "note", and takes another address by the update "address" until the parcel is on its way.
package shop
