#ifndef IM_RECORD_H
#define IM_RECORD_H

#include "store/committer.h"
#include "store/records.pb-c.h"

/* Text as slices here, as `bytes` in records; both borrow the same memory. */
static inline struct str
record_str(ProtobufCBinaryData bytes)
{
	return (struct str){ (const char *)bytes.data, bytes.len };
}

static inline ProtobufCBinaryData
record_bytes(struct str s)
{
	return (ProtobufCBinaryData){ s.len, (uint8_t *)(uintptr_t)s.p };
}

static inline void
touch(struct txn *txn, enum object_kind kind, uint64_t a, uint64_t b)
{
	txn_touch(txn, (struct object){ kind, a, b });
}

#endif
