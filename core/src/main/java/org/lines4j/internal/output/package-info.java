/// Puts a finished output in its place in one step, and what belongs beside the weights with it.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.output;
