package view

// Done names what a form did, in the address that the answer leads to: a word of this table, never a text, so that no address makes a page say something.
type Done string

// doneTexts are the sentences that pages show.
var doneTexts = map[Done]string{}
