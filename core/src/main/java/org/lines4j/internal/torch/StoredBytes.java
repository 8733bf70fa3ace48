package org.lines4j.internal.torch;

/// Where the bytes of a storage lie.
///
/// @param place of the first in the file
/// @param size how many
record StoredBytes(long place, long size) {}
