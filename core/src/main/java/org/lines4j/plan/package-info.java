/// What a run will do, checked before it starts, and what it did. [Plan] is what users see of it.
@org.jspecify.annotations.NullMarked
package org.lines4j.plan;
