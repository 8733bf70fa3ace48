/// Which layer of its model is a tensor in? Found from tensor names and shapes, for any
/// architecture, and how strongly each layer's update is kept.
///
/// Start reading at [LayerMap#detect]; [StackSearch] holds the rule that says what a stack is.
@org.jspecify.annotations.NullMarked
package org.lines4j.layers;
