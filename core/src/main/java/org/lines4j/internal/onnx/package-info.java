/// Graphs of ONNX: their initialisers are a model's tensors. Nothing else of a graph is read.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.onnx;
