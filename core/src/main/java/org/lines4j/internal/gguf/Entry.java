package org.lines4j.internal.gguf;

import java.util.Optional;
import java.util.OptionalLong;

/// One entry of a file's metadata.
///
/// @param type of its value
/// @param from where it begins in the file, key and all
/// @param to where the byte behind its last lies
/// @param number its value, if that is a whole number; the bits of an unsigned one
/// @param text its value, if that is a short string
record Entry(
    String key, ValueType type, long from, long to, OptionalLong number, Optional<String> text) {}
