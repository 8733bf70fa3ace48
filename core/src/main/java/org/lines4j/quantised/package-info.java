/// Which checkpoints hold codes instead of weights, and by which scheme: told by names, types and
/// configuration, before any number is read. Those whose codes are known are opened as the weights
/// that they stand for; the others are refused by whoever would compute with them.
@org.jspecify.annotations.NullMarked
package org.lines4j.quantised;
