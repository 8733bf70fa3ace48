/// Tensors that are not simply bytes of a file.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.source;
