package postgres

import (
	"encoding/binary"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// column is one argument of a statement: an array in PostgreSQL's binary format, grown value by value. Built by hand because a commit
// has a dozen of them with up to 512 values each, and reflection over them would cost more than the rest of the client's work.
//
//	dimensions=1 | has nulls | element type | count | lower bound=1 | (length | bytes)…        all 32-bit, big-endian
type column struct {
	element uint32 // object id of the element's type
	buf     []byte
}

const arrayHeader = 20

// postgresEpoch is what PostgreSQL counts microseconds from.
var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

func (c *column) reset() {
	if cap(c.buf) > keepBuffer {
		c.buf = nil
	}
	c.buf = append(c.buf[:0], make([]byte, arrayHeader)...)
	binary.BigEndian.PutUint32(c.buf[0:], 1)
	binary.BigEndian.PutUint32(c.buf[4:], 1)
	binary.BigEndian.PutUint32(c.buf[8:], c.element)
	binary.BigEndian.PutUint32(c.buf[16:], 1)
}

// array is the argument, with n values in it.
func (c *column) array(n int) []byte {
	binary.BigEndian.PutUint32(c.buf[12:], uint32(n))
	return c.buf
}

// rows collects the rows that one statement of a batch writes, column by column.
type rows struct {
	columns []column
	n       int // rows
	next    int // column of the next value in the last row
}

// row begins a row; every column of it then gets one value, in order.
func (r *rows) row() *rows {
	if r.n == 0 {
		for i := range r.columns {
			r.columns[i].reset()
		}
	}
	r.n++
	r.next = 0
	return r
}

func (r *rows) take() *column {
	r.next++
	return &r.columns[r.next-1]
}

func (r *rows) uuid(id [16]byte) *rows {
	c := r.take()
	c.buf = append(binary.BigEndian.AppendUint32(c.buf, 16), id[:]...)
	return r
}

// uuidOrNull stores the zero id as null.
func (r *rows) uuidOrNull(id [16]byte) *rows {
	if id == ([16]byte{}) {
		return r.null()
	}
	return r.uuid(id)
}

func (r *rows) null() *rows {
	c := r.take()
	c.buf = binary.BigEndian.AppendUint32(c.buf, ^uint32(0))
	return r
}

func (r *rows) text(s string) *rows {
	c := r.take()
	c.buf = append(binary.BigEndian.AppendUint32(c.buf, uint32(len(s))), s...)
	return r
}

func (r *rows) bytes(b []byte) *rows {
	c := r.take()
	c.buf = append(binary.BigEndian.AppendUint32(c.buf, uint32(len(b))), b...)
	return r
}

func (r *rows) bytesOrNull(b []byte) *rows {
	if b == nil {
		return r.null()
	}
	return r.bytes(b)
}

func (r *rows) int64(v int64) *rows {
	c := r.take()
	c.buf = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(c.buf, 8), uint64(v))
	return r
}

// int64OrNull stores zero as null.
func (r *rows) int64OrNull(v int64) *rows {
	if v == 0 {
		return r.null()
	}
	return r.int64(v)
}

func (r *rows) int32(v int32) *rows {
	c := r.take()
	c.buf = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(c.buf, 4), uint32(v))
	return r
}

func (r *rows) int16(v int16) *rows {
	c := r.take()
	c.buf = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(c.buf, 2), uint16(v))
	return r
}

// time stores whole microseconds, rounded down.
func (r *rows) time(t time.Time) *rows { return r.int64(t.UnixMicro() - postgresEpoch) }

// milli stores whole milliseconds, rounded down.
func (r *rows) milli(t time.Time) *rows { return r.int64(t.UnixMilli()*1000 - postgresEpoch) }

// timeOrNull stores the zero time as null.
func (r *rows) timeOrNull(t time.Time) *rows {
	if t.IsZero() {
		return r.null()
	}
	return r.time(t)
}

// arguments are the columns as arrays.
func (r *rows) arguments() [][]byte {
	args := make([][]byte, len(r.columns))
	for i := range args {
		args[i] = r.columns[i].array(r.n)
	}
	return args
}

// elements are the types that arguments are arrays of.
var elements = map[string]uint32{
	"uuid": pgtype.UUIDOID, "text": pgtype.TextOID, "bytea": pgtype.ByteaOID, "timestamptz": pgtype.TimestamptzOID,
	"int8": pgtype.Int8OID, "int4": pgtype.Int4OID, "int2": pgtype.Int2OID,
}
