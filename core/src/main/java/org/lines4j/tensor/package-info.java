/// What a tensor is, without its bytes: element type, shape, name.
@org.jspecify.annotations.NullMarked
package org.lines4j.tensor;
