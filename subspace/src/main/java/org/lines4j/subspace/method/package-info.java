/// Merge methods on singular directions: what they are, and the arithmetic for one matrix.
@org.jspecify.annotations.NullMarked
package org.lines4j.subspace.method;
