// Keys that an interact is told of: properties, control keys and, included, printable ones.
#ifndef OPENFX_OFX_KEY_SYMBOLS_H_
#define OPENFX_OFX_KEY_SYMBOLS_H_

#include "ofx_key_letters.h"

#ifdef __cplusplus
extern "C" {
#endif

// Properties of a key action.
#define kOfxPropKeySym "kOfxPropKeySym"        // int x 1
#define kOfxPropKeyString "kOfxPropKeyString"  // string x 1

// Control, editing, function and modifier keys; numbers as in X11.
#define kOfxKey_Unknown 0x0
#define kOfxKey_BackSpace 0xFF08
#define kOfxKey_Tab 0xFF09
#define kOfxKey_Linefeed 0xFF0A
#define kOfxKey_Clear 0xFF0B
#define kOfxKey_Return 0xFF0D
#define kOfxKey_Pause 0xFF13
#define kOfxKey_Scroll_Lock 0xFF14
#define kOfxKey_Sys_Req 0xFF15
#define kOfxKey_Escape 0xFF1B
#define kOfxKey_Delete 0xFFFF
#define kOfxKey_Multi_key 0xFF20
#define kOfxKey_SingleCandidate 0xFF3C
#define kOfxKey_MultipleCandidate 0xFF3D
#define kOfxKey_PreviousCandidate 0xFF3E
#define kOfxKey_Kanji 0xFF21
#define kOfxKey_Muhenkan 0xFF22
#define kOfxKey_Henkan_Mode 0xFF23
#define kOfxKey_Henkan 0xFF23
#define kOfxKey_Romaji 0xFF24
#define kOfxKey_Hiragana 0xFF25
#define kOfxKey_Katakana 0xFF26
#define kOfxKey_Hiragana_Katakana 0xFF27
#define kOfxKey_Zenkaku 0xFF28
#define kOfxKey_Hankaku 0xFF29
#define kOfxKey_Zenkaku_Hankaku 0xFF2A
#define kOfxKey_Touroku 0xFF2B
#define kOfxKey_Massyo 0xFF2C
#define kOfxKey_Kana_Lock 0xFF2D
#define kOfxKey_Kana_Shift 0xFF2E
#define kOfxKey_Eisu_Shift 0xFF2F
#define kOfxKey_Eisu_toggle 0xFF30
#define kOfxKey_Zen_Koho 0xFF3D
#define kOfxKey_Mae_Koho 0xFF3E
#define kOfxKey_Home 0xFF50
#define kOfxKey_Left 0xFF51
#define kOfxKey_Up 0xFF52
#define kOfxKey_Right 0xFF53
#define kOfxKey_Down 0xFF54
#define kOfxKey_Prior 0xFF55
#define kOfxKey_Page_Up 0xFF55
#define kOfxKey_Next 0xFF56
#define kOfxKey_Page_Down 0xFF56
#define kOfxKey_End 0xFF57
#define kOfxKey_Begin 0xFF58
#define kOfxKey_Select 0xFF60
#define kOfxKey_Print 0xFF61
#define kOfxKey_Execute 0xFF62
#define kOfxKey_Insert 0xFF63
#define kOfxKey_Undo 0xFF65
#define kOfxKey_Redo 0xFF66
#define kOfxKey_Menu 0xFF67
#define kOfxKey_Find 0xFF68
#define kOfxKey_Cancel 0xFF69
#define kOfxKey_Help 0xFF6A
#define kOfxKey_Break 0xFF6B
#define kOfxKey_Mode_switch 0xFF7E
#define kOfxKey_script_switch 0xFF7E
#define kOfxKey_Num_Lock 0xFF7F
#define kOfxKey_KP_Space 0xFF80
#define kOfxKey_KP_Tab 0xFF89
#define kOfxKey_KP_Enter 0xFF8D
#define kOfxKey_KP_F1 0xFF91
#define kOfxKey_KP_F2 0xFF92
#define kOfxKey_KP_F3 0xFF93
#define kOfxKey_KP_F4 0xFF94
#define kOfxKey_KP_Home 0xFF95
#define kOfxKey_KP_Left 0xFF96
#define kOfxKey_KP_Up 0xFF97
#define kOfxKey_KP_Right 0xFF98
#define kOfxKey_KP_Down 0xFF99
#define kOfxKey_KP_Prior 0xFF9A
#define kOfxKey_KP_Page_Up 0xFF9A
#define kOfxKey_KP_Next 0xFF9B
#define kOfxKey_KP_Page_Down 0xFF9B
#define kOfxKey_KP_End 0xFF9C
#define kOfxKey_KP_Begin 0xFF9D
#define kOfxKey_KP_Insert 0xFF9E
#define kOfxKey_KP_Delete 0xFF9F
#define kOfxKey_KP_Equal 0xFFBD
#define kOfxKey_KP_Multiply 0xFFAA
#define kOfxKey_KP_Add 0xFFAB
#define kOfxKey_KP_Separator 0xFFAC
#define kOfxKey_KP_Subtract 0xFFAD
#define kOfxKey_KP_Decimal 0xFFAE
#define kOfxKey_KP_Divide 0xFFAF
#define kOfxKey_KP_0 0xFFB0
#define kOfxKey_KP_1 0xFFB1
#define kOfxKey_KP_2 0xFFB2
#define kOfxKey_KP_3 0xFFB3
#define kOfxKey_KP_4 0xFFB4
#define kOfxKey_KP_5 0xFFB5
#define kOfxKey_KP_6 0xFFB6
#define kOfxKey_KP_7 0xFFB7
#define kOfxKey_KP_8 0xFFB8
#define kOfxKey_KP_9 0xFFB9
#define kOfxKey_F1 0xFFBE
#define kOfxKey_F2 0xFFBF
#define kOfxKey_F3 0xFFC0
#define kOfxKey_F4 0xFFC1
#define kOfxKey_F5 0xFFC2
#define kOfxKey_F6 0xFFC3
#define kOfxKey_F7 0xFFC4
#define kOfxKey_F8 0xFFC5
#define kOfxKey_F9 0xFFC6
#define kOfxKey_F10 0xFFC7
#define kOfxKey_F11 0xFFC8
#define kOfxKey_L1 0xFFC8
#define kOfxKey_F12 0xFFC9
#define kOfxKey_L2 0xFFC9
#define kOfxKey_F13 0xFFCA
#define kOfxKey_L3 0xFFCA
#define kOfxKey_F14 0xFFCB
#define kOfxKey_L4 0xFFCB
#define kOfxKey_F15 0xFFCC
#define kOfxKey_L5 0xFFCC
#define kOfxKey_F16 0xFFCD
#define kOfxKey_L6 0xFFCD
#define kOfxKey_F17 0xFFCE
#define kOfxKey_L7 0xFFCE
#define kOfxKey_F18 0xFFCF
#define kOfxKey_L8 0xFFCF
#define kOfxKey_F19 0xFFD0
#define kOfxKey_L9 0xFFD0
#define kOfxKey_F20 0xFFD1
#define kOfxKey_L10 0xFFD1
#define kOfxKey_F21 0xFFD2
#define kOfxKey_R1 0xFFD2
#define kOfxKey_F22 0xFFD3
#define kOfxKey_R2 0xFFD3
#define kOfxKey_F23 0xFFD4
#define kOfxKey_R3 0xFFD4
#define kOfxKey_F24 0xFFD5
#define kOfxKey_R4 0xFFD5
#define kOfxKey_F25 0xFFD6
#define kOfxKey_R5 0xFFD6
#define kOfxKey_F26 0xFFD7
#define kOfxKey_R6 0xFFD7
#define kOfxKey_F27 0xFFD8
#define kOfxKey_R7 0xFFD8
#define kOfxKey_F28 0xFFD9
#define kOfxKey_R8 0xFFD9
#define kOfxKey_F29 0xFFDA
#define kOfxKey_R9 0xFFDA
#define kOfxKey_F30 0xFFDB
#define kOfxKey_R10 0xFFDB
#define kOfxKey_F31 0xFFDC
#define kOfxKey_R11 0xFFDC
#define kOfxKey_F32 0xFFDD
#define kOfxKey_R12 0xFFDD
#define kOfxKey_F33 0xFFDE
#define kOfxKey_R13 0xFFDE
#define kOfxKey_F34 0xFFDF
#define kOfxKey_R14 0xFFDF
#define kOfxKey_F35 0xFFE0
#define kOfxKey_R15 0xFFE0
#define kOfxKey_Shift_L 0xFFE1
#define kOfxKey_Shift_R 0xFFE2
#define kOfxKey_Control_L 0xFFE3
#define kOfxKey_Control_R 0xFFE4
#define kOfxKey_Caps_Lock 0xFFE5
#define kOfxKey_Shift_Lock 0xFFE6
#define kOfxKey_Meta_L 0xFFE7
#define kOfxKey_Meta_R 0xFFE8
#define kOfxKey_Alt_L 0xFFE9
#define kOfxKey_Alt_R 0xFFEA
#define kOfxKey_Super_L 0xFFEB
#define kOfxKey_Super_R 0xFFEC
#define kOfxKey_Hyper_L 0xFFED
#define kOfxKey_Hyper_R 0xFFEE

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_KEY_SYMBOLS_H_
