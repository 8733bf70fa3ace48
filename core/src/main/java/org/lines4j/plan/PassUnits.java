package org.lines4j.plan;

import java.util.function.IntToLongFunction;

/// The units of a pass, as far as they can be told before: for whoever asks how long a cluster
/// would take.
///
/// @param title what progress displays call the pass
/// @param units how many
/// @param bytes that each reads and writes
public record PassUnits(String title, int units, IntToLongFunction bytes) {}
