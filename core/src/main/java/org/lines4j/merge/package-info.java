/// A recipe, and what it says of each output tensor once the models are known.
@org.jspecify.annotations.NullMarked
package org.lines4j.merge;
