/// Files and folders of this machine.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.local;
