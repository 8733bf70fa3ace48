/// Makes one model at a time and measures it: where it lies meanwhile, for how long, how often.
@org.jspecify.annotations.NullMarked
package org.lines4j.tune.measure;
