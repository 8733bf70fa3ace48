/// What a run will do, settled and checked before it starts: each output tensor, how it comes
/// about, and where its bytes go.
@org.jspecify.annotations.NullMarked
package org.lines4j.plan;
