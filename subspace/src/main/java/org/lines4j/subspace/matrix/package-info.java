/// Matrices of double off the heap, and what linear algebra does with them: one thread each, the
/// same bits on one machine whatever else runs.
@org.jspecify.annotations.NullMarked
package org.lines4j.subspace.matrix;
