/// Carries a search out: which numbers are tried, how they score, and what is concluded from them.
@org.jspecify.annotations.NullMarked
package org.lines4j.tune.search;
