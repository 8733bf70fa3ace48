/// From a recipe and its models to what is done with each tensor.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.resolve;
