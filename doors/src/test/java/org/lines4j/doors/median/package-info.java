@org.jspecify.annotations.NullMarked
package org.lines4j.doors.median;
