/// What third parties run on a format, a storage or a merge method of theirs: abstract test classes
/// for JUnit, one for each door of the library.
@org.jspecify.annotations.NullMarked
package org.lines4j.conformance;
