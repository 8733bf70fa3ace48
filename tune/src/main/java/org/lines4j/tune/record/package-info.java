/// What a search writes down: its journal, its results, and what both are about.
@org.jspecify.annotations.NullMarked
package org.lines4j.tune.record;
