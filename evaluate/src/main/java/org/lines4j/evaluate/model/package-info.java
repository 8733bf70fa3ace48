/// Computes transformers as the library `transformers` does in float32, one layer's weights at a
/// time.
@org.jspecify.annotations.NullMarked
package org.lines4j.evaluate.model;
