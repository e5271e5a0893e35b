// Package usage tells what namespaces have used: actions and storage, by the hour.
//
//	commit ─► usage_lane: one row per namespace, hour and lane, added to in the transaction of what is counted
//	              │  Keeper: hours that are over
//	              ▼
//	          usage_hour: one row per namespace and hour ─► dropped after Kept
//	          usage_total: what each namespace holds
//	              │
//	              ▼
//	          Read ─► Report ─► WriteCSV
//
// Nothing is sampled or estimated. An action is counted by the commit that makes it true; the engine's tests compare what was counted with the histories. Storage
// is a sum too: with each change of the bytes that a namespace holds, the hour's row notes the change times the seconds that are left of the hour. So
//
//	byte-seconds of an hour = 3600 × (bytes when it began) + Σ change × seconds left
//
// whoever adds it up, in whatever order, and a crash loses none of it. docs/usage.md says what counts as what.
package usage
