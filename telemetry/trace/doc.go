// Package trace derives the spans of a run from its stored history: pure, without clock, randomness or I/O.
//
//	(Run, events) ─► walk: what opened, what closed it ─► spans, in the order of the events that end them
//
// Two walks over one history give the same bytes, on whatever node, before and after a restart. So a run may be sent twice, and a collector that has both
// has one.
//
//   - Ids follow from what a span is about: the id of the trace from the first run of the chain (history.Run.Trace), that of a span from the run, the event
//     that opened it, and which part of it the span is. A parent and its child know each other's spans without asking.
//   - Everything in a span is in the events up to the one that ends it. So the spans of an open run that have ended are those that its close will give.
//   - Times are those of events. What history does not keep is not shown: of an activity that was retried, the times of its last attempt only.
//   - Of payloads nothing is read, but the trace context in headers. Of failures, the type and the message.
//
// A run that a reset began repeats another one's history. What had ended there is in the spans of that run, and is left out here.
package trace
