/// Programs as evaluators: how they are started, read and ended.
@org.jspecify.annotations.NullMarked
package org.lines4j.tune.program;
