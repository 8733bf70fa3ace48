/// Small files and folders on a local disk: written whole, locked, appended to, removed, hashed;
/// what is tidied up when the JVM ends; and memory, free and large.
@org.jspecify.annotations.NullMarked
package org.lines4j.files;
