/// The merge methods that come with the library.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.method;
