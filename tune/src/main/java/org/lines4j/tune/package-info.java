/// The choice of α and β by measurement: what is asked for ([org.lines4j.tune.Tuning]) and what is
/// found ([org.lines4j.tune.Results]). The other packages do the work.
@org.jspecify.annotations.NullMarked
package org.lines4j.tune;
