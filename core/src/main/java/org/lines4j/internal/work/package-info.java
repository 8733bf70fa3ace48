/// A plan as the engine carries it out: each output tensor, how it comes about and from which
/// sources, the files that hold them, and what must be measured before.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.work;
