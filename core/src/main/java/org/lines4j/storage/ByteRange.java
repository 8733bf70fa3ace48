package org.lines4j.storage;

/// Consecutive bytes of a file.
///
/// @param from the first
/// @param count how many
public record ByteRange(long from, long count) {}
