/// Which checkpoints hold codes instead of weights, and by which scheme: told by names, types and
/// configuration, before any number is read. Nothing here computes with them.
@org.jspecify.annotations.NullMarked
package org.lines4j.quantised;
