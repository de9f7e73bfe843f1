# .bash_profile of the user that runs the Meeting server

if [ -f ~/.bashrc ]; then
    . ~/.bashrc
fi

STELLENT=/opt/IBM/WebSphere/AppServer/profiles/hostSTMSPNProfile1/stellent/Linux

# Conversion of documents
LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$STELLENT
GDFONTPATH=/usr/share/fonts/truetype
PATH=$PATH:$HOME/bin:$STELLENT
export PATH LD_LIBRARY_PATH GDFONTPATH

# Database of the Meeting server
export DB2INSTANCE=db2inst1
export DB2_PASSWORD='db2-Tywi-2016'
umask 022
