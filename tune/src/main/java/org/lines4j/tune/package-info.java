/// The choice of α and β by measurement: candidates, trials, a journal, and what comes of them.
@org.jspecify.annotations.NullMarked
package org.lines4j.tune;
