/// The merge methods of the field: each one's parameters, citation, equation and arithmetic.
@org.jspecify.annotations.NullMarked
package org.lines4j.method;
