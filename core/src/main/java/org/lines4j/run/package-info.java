/// Who does the work: a pass over the inputs is cut into units that do not depend on each other, so
/// that threads, processes or machines may share it, in whatever order.
@org.jspecify.annotations.NullMarked
package org.lines4j.run;
