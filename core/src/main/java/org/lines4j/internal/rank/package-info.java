/// Order statistics of magnitudes, exact and in bounded memory: by counting them, not sorting.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.rank;
