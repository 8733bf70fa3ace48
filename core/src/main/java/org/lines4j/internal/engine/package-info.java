/// Carries a plan out: chunks of the output, filled by kernels, written where they belong.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.engine;
