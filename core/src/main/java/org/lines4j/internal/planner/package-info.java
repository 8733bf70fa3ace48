/// From what was asked for and what the headers say to a plan; every check lives here.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.planner;
