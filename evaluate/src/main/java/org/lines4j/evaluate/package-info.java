/// Measures models without any other program: see [org.lines4j.evaluate.Perplexity] and
/// [org.lines4j.evaluate.Classification].
@org.jspecify.annotations.NullMarked
package org.lines4j.evaluate;
