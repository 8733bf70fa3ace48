/// The files beside a model's weights: which are its own, which go along with an output, and what
/// the weight files themselves must be called so that their loader finds them.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.companions;
