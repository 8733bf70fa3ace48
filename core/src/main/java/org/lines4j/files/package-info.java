/// Small files and folders on a local disk: written whole, locked, appended to, removed, hashed;
/// and what is tidied up when the JVM ends.
@org.jspecify.annotations.NullMarked
package org.lines4j.files;
