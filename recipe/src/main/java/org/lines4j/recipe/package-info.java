/// Recipe files: mergekit's YAML, with `lines` and `path` added.
@org.jspecify.annotations.NullMarked
package org.lines4j.recipe;
