/// LoRA adapters of PEFT: read with suspicion, and seen, on their base, as the model that they make
/// of it.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.lora;
