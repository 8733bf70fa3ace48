/// Small files and folders on a local disk: written whole, locked, appended to, removed, hashed.
@org.jspecify.annotations.NullMarked
package org.lines4j.files;
