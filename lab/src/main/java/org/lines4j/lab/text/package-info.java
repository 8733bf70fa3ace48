/// Short texts with labels, drawn by seed from what public artifacts of Maven say.
@org.jspecify.annotations.NullMarked
package org.lines4j.lab.text;
